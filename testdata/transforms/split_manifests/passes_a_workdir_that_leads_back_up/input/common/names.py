NAME = "tides"
