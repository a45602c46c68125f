console.log("zero");
