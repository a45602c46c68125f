FROM debian:stretch

RUN apt-get update && \
    apt-get install -y --no-install-recommends postgresql-9.6 postgresql-contrib-9.6 && \
    rm -rf /var/lib/apt/lists/*

COPY schema.sql /tmp/
USER postgres

# the server dies with this RUN, what it wrote stays
RUN /etc/init.d/postgresql start && \
    psql --command "CREATE USER shop WITH SUPERUSER PASSWORD 'shop';" && \
    createdb -O shop shop && \
    psql -d shop -f /tmp/schema.sql
RUN service postgresql start
RUN pg_lsclusters && \
# let others in
    echo "host all all 0.0.0.0/0 md5" >> /etc/postgresql/9.6/main/pg_hba.conf && \
    echo "listen_addresses='*'" >> /etc/postgresql/9.6/main/postgresql.conf

EXPOSE 5432
VOLUME ["/var/lib/postgresql"]
CMD ["/usr/lib/postgresql/9.6/bin/postgres", "-D", "/var/lib/postgresql/9.6/main", "-c", "config_file=/etc/postgresql/9.6/main/postgresql.conf"]
