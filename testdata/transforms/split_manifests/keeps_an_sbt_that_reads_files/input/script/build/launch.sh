exec java -jar build/launch.jar
