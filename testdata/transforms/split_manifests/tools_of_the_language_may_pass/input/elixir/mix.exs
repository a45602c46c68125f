defmodule Buoy.MixProject do
  use Mix.Project

  def project do
    [app: :buoy, version: "0.1.0", deps: deps()]
  end

  defp deps do
    [
      {:jason, "~> 1.4"}
      # {:dep_from_hexpm, "~> 0.3.0"},
      # {:dep_from_git, git: "https://example.org/my_dep.git", tag: "0.1.0"}
    ]
  end
end
