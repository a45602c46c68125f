FROM maven:3.5-jdk-8

MAINTAINER Ines Castro

ENV TZ Europe/Lisbon
RUN ln -snf /usr/share/zoneinfo/$TZ /etc/localtime \
 && echo $TZ > /etc/timezone

ADD . /code
WORKDIR /code

RUN mvn -B package -DskipTests \
 && rm -rf ~/.m2/repository

EXPOSE 4567
CMD ["java", "-jar", "target/inventory.jar"]
