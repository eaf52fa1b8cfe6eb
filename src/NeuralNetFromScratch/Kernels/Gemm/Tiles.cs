namespace NeuralNetFromScratch.Kernels;

/// <summary>24 sums: for processors with 32 registers.</summary>
internal readonly struct Tile12x2 : ITile
{
    public static int Rows => 12;

    public static int Vectors => 2;
}

/// <summary>12 sums in one column of registers: for the last columns of C where one register holds them.</summary>
internal readonly struct Tile12x1 : ITile
{
    public static int Rows => 12;

    public static int Vectors => 1;
}

/// <summary>12 sums: for processors with 16 registers; one more would spill.</summary>
internal readonly struct Tile6x2 : ITile
{
    public static int Rows => 6;

    public static int Vectors => 2;
}

/// <summary>6 sums in one column of registers: for the last columns of C where one register holds them.</summary>
internal readonly struct Tile6x1 : ITile
{
    public static int Rows => 6;

    public static int Vectors => 1;
}
