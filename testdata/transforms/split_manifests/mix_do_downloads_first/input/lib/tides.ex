defmodule Tides do end
