document.title += " at dawn";
