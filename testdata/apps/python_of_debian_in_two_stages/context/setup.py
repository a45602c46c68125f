from setuptools import Extension, setup

setup(
    name="tally",
    version="1.0",
    ext_modules=[Extension("tally", ["tally.c"], libraries=["z"])],
)
