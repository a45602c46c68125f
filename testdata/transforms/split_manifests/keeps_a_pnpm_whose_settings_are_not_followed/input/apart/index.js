console.log('apart');
