namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The sizes of the matrix product's blocks, in elements, for one register width (after Goto and van de Geijn, "Anatomy of
/// high-performance matrix multiplication", ACM TOMS 2008, and BLIS). They are meant for cores with 32 KB of first-level and 512 KB
/// of second-level cache or more:
/// a panel of B, <c>Depth × TileColumns</c>, stays in the first level while the panels of A pass by;
/// a block of A, <c>BlockRows × Depth</c>, stays in the second while the panels of B pass by;
/// a block of B, <c>Depth × BlockColumns</c>, stays in the last.
/// </summary>
/// <param name="TileRows">Rows of a tile: as many as the registers hold sums for.</param>
/// <param name="TileColumns">Columns of a tile: two registers.</param>
/// <param name="Depth">Most steps of k at a time.</param>
/// <param name="BlockRows">Most rows of a block of A; a multiple of <paramref name="TileRows"/>.</param>
/// <param name="BlockColumns">Most columns of a block of B; a multiple of <paramref name="TileColumns"/>.</param>
internal readonly record struct Blocking(int TileRows, int TileColumns, int Depth, int BlockRows, int BlockColumns)
{
    /// <summary>The sizes of the largest tile, for buffers that every tile fits into.</summary>
    public const int MostTileColumns = 32, MostTileElements = 12 * MostTileColumns;

    public static Blocking For(SimdWidth width) => width switch
    {
        SimdWidth.Bits512 => new(12, 32, 256, 252, 2048), // B's panel 32 KB, A's block 252 KB, B's block 2 MB
        SimdWidth.Bits256 => new(6, 16, 384, 168, 2048), // 24 KB, 252 KB, 3 MB
        SimdWidth.Bits128 => new(6, 8, 384, 168, 2048), // 12 KB, 252 KB, 3 MB
        _ => new(6, 2, 384, 168, 2048), // 3 KB, 252 KB, 3 MB
    };
}
