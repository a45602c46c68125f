import smtplib


def send(letter):
    with smtplib.SMTP("mail") as post:
        post.sendmail("books@example.com", [letter["to"], letter['cc']], "…")
