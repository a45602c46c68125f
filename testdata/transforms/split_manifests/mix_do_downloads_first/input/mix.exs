defmodule Tides.MixProject do
  use Mix.Project

  def project do
    [app: :tides, version: "0.1.0", elixir: "~> 1.15", deps: deps()]
  end

  defp deps do
    [{:plug_cowboy, "~> 2.7"}]
  end
end
