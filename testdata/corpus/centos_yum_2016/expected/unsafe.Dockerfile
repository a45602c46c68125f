FROM centos:7
MAINTAINER Webops <webops@example.com>

RUN yum -y update \
 && yum -y install epel-release \
 && yum -y install httpd mod_ssl php php-mysql \
 && yum clean all

ADD conf/vhost.conf /etc/httpd/conf.d/
ADD www /var/www/html

RUN yum -y install php-pecl-memcached \
 && yum clean all \
 && chown -R apache:apache /var/www/html

EXPOSE 80 443
CMD ["/usr/sbin/httpd", "-D", "FOREGROUND"]
