<?php echo "mail";
