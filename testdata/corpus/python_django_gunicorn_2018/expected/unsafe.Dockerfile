FROM python:3.6

ENV PYTHONUNBUFFERED 1
ENV DJANGO_SETTINGS_MODULE=polls.settings

RUN mkdir /code
WORKDIR /code

# gettext for the translations, libpq for psycopg2
RUN apt-get update && apt-get install -y --no-install-recommends \
    gettext \
    libpq-dev \
 && rm -rf /var/lib/apt/lists/* \
 && pip install --no-cache-dir --upgrade pip
COPY requirements/production.txt requirements/base.txt /code/requirements/
RUN pip install --no-cache-dir -r requirements/production.txt
COPY . /code/

RUN python manage.py collectstatic --noinput \
 && chmod +x docker-entrypoint.sh

EXPOSE 8000
ENTRYPOINT ["./docker-entrypoint.sh"]
CMD ["gunicorn", "polls.wsgi:application", "--bind", "0.0.0.0:8000"]
