#
# Build box of the telemetry team
#
# 2014-05-11  first version
# 2014-09-02  java (Rob)
#
FROM ubuntu:14.04
MAINTAINER Rob Janssen <rob@telemetry.example>

# no questions please
ENV DEBIAN_FRONTEND noninteractive
RUN locale-gen en_US.UTF-8
ENV LANG en_US.UTF-8

RUN echo "deb http://archive.ubuntu.com/ubuntu trusty main universe multiverse" > /etc/apt/sources.list \
 && apt-get update \
 && apt-get -y upgrade \
 && apt-get install -y --no-install-recommends openssh-server=1:6.6p1-2ubuntu1 \
	supervisor=3.0b2-1 \
	ca-certificates \
	git \
 && apt-get install -y --no-install-recommends python-pip python-dev \
 && pip install virtualenv==1.11.6

# java
RUN cd /opt
RUN apt-get install -y --no-install-recommends openjdk-7-jre-headless
RUN export JAVA_HOME=/usr/lib/jvm/java-7-openjdk-amd64

RUN mkdir -p /var/run/sshd \
 && mkdir -p /var/log/supervisor \
 && { id build || useradd -m -s /bin/bash build; } \
 && echo 'build:build' | chpasswd \
 && { update-rc.d -f supervisor remove; exit 0; }
RUN sed -i 's/^PermitRootLogin .*/PermitRootLogin no/' /etc/ssh/sshd_config   # no root

ADD supervisord.conf /etc/supervisor/conf.d/
  ADD bin/ /usr/local/bin/
RUN chmod 755 /usr/local/bin/collect \
 && chown root:root /usr/local/bin/collect

EXPOSE 22 9001
CMD ["/usr/bin/supervisord", "-n"]
