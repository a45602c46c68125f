console.log(`open for ${require("ms")(60000)}`);
