// no manifest here
