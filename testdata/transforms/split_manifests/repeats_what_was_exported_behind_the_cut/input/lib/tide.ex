defmodule Tide do end
