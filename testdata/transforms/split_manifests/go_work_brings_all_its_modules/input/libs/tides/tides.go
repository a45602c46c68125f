package tides
