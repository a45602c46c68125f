import tide
