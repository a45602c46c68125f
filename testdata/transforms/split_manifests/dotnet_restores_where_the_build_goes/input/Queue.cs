public class Queue {}
