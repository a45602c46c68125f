# build
FROM golang:1.16-alpine AS builder
RUN apk add git
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ENV CGO_ENABLED=0
RUN go vet ./...
RUN go build -o /bin/notes ./cmd/notes

# run
FROM alpine:3.13
RUN apk add --no-cache ca-certificates \
 && adduser -D -u 10001 notes
COPY --from=builder /bin/notes /usr/local/bin/notes
USER notes
EXPOSE 8080
CMD ["notes"]
