FROM golang:1.8

ADD . /go/src/example.com/pingd
WORKDIR /go/src/example.com/pingd

RUN go get -d -v ./... \
 && go install -v ./...

EXPOSE 8080
ENTRYPOINT /go/bin/pingd
