exec python
