package tide;

public final class Tide {
    public static void main(String[] args) {
        System.out.println("high water");
    }
}
