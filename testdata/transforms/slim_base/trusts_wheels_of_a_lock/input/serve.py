import rarepack
