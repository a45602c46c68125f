<?php namespace Quay\Shop; class Cart {}
