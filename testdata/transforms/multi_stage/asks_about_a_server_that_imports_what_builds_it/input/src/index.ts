import express from "express";
import ts from "typescript";

express().listen(3000);
