package com.example.inventory;

import java.util.Map;
import java.util.TreeMap;

/** How many of what we have. */
final class Inventory {
    private final Map<String, Integer> counts = new TreeMap<>();

    synchronized void add(String part, int count) {
        counts.merge(part, count, Integer::sum);
    }

    synchronized String report() {
        StringBuilder text = new StringBuilder();
        counts.forEach((part, count) -> text.append(part).append(' ').append(count).append('\n'));
        return text.toString();
    }
}
