# an OLD one
FROM debian:12-slim
RUN mkdir /a
RUN mkdir /b
