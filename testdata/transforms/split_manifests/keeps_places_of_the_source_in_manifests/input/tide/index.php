<?php echo "tide";
