defmodule Buoy do end
