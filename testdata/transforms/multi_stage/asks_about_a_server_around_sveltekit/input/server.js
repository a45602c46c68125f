import { svelte } from "svelte/compiler";
import { createServer } from "vite";
import { handler } from "./build/handler.js";

handler(svelte, createServer);
