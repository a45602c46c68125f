FROM gradle:6.3-jdk11 AS build
COPY --chown=gradle:gradle . /home/gradle/src
WORKDIR /home/gradle/src
RUN gradle jar --no-daemon

FROM openjdk:11-jre-slim

RUN mkdir /app \
 && adduser --system --no-create-home dice

COPY --from=build /home/gradle/src/build/libs/*.jar /app/dice.jar

USER dice
EXPOSE 8080
ENTRYPOINT ["java", "-XX:+UseContainerSupport", "-jar", "/app/dice.jar"]
