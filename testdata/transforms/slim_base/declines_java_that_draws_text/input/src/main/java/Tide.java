import java.awt.Font;

public class Tide {
    Font font = new Font("Serif", Font.BOLD, 12);
}
