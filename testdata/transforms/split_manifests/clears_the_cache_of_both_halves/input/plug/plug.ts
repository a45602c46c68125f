console.log("plug");
