CREATE TABLE product (
    id    serial PRIMARY KEY,
    name  text NOT NULL UNIQUE,
    cents integer NOT NULL CHECK (cents >= 0)
);

INSERT INTO product (name, cents) VALUES ('kettle', 2900), ('mug', 650);
