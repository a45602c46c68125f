console.log('<h1>ok</h1>');
