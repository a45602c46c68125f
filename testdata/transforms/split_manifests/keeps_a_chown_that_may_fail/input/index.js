console.log('tide');
