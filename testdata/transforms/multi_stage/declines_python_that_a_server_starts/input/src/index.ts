import express from "express";

express().listen(3000);
import { spawn } from "child_process"; spawn("python3", ["predict.py"]);
