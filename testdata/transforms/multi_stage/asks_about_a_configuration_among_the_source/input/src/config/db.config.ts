import supertest from "supertest";
