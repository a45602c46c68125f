console.log("icons");
