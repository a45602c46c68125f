fetch('/api/bookmarks')
  .then((res) => res.json())
  .then((items) => {
    const list = document.getElementById('list');
    items.forEach((item) => {
      const link = document.createElement('a');
      link.href = item.url;
      link.textContent = item.title;
      const row = document.createElement('li');
      row.appendChild(link);
      list.appendChild(row);
    });
  });
