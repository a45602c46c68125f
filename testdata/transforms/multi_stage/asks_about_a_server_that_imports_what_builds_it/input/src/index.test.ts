import request from "supertest";
