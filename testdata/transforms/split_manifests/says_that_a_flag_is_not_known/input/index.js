console.log("tides");
