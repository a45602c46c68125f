defmodule Buoy.MixProject do
  use Mix.Project

  def project do
    [app: :buoy, version: "0.1.0", deps: deps()]
  end

  defp deps do
    [{:jason, "~> 1.4"}, {:tds, "~> 2.3", only: :prod}]
  end
end
