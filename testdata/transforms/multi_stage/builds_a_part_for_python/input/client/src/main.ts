document.title = "Reading room";
