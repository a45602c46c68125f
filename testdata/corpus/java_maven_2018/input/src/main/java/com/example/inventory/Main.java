package com.example.inventory;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

public final class Main {
    private Main() {
    }

    public static void main(String[] args) throws IOException {
        Inventory inventory = new Inventory();
        inventory.add("bolt", 120);
        inventory.add("nut", 80);

        HttpServer server = HttpServer.create(new InetSocketAddress(4567), 0);
        server.createContext("/", exchange -> {
            byte[] body = inventory.report().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }
}
