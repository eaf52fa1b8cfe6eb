using System.Runtime.Intrinsics.Arm;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// The numbers that were chosen on one machine, two cores of a Xeon with AVX-512, each with the measurement it comes from; docs/performance.md has
/// the figures. None of them changes a result: they say where work is cut and when it is handed out, and no sum is cut where they say.
/// </summary>
internal static class Tuning
{
    // Grains: the fewest elements for which another worker pays. A fork and join takes half a microsecond; a grain is some microseconds of work, so
    // that an element that costs more has a smaller grain.

    /// <summary>A division for each value (<see cref="Standardization"/>), bound by memory.</summary>
    public const int StandardizationGrain = 16384;

    /// <summary>An activation, its derivative, or a factor and a shift.</summary>
    public const int ElementGrain = 8192;

    /// <summary>Two or three passes over the values for their statistics.</summary>
    public const int NormalizationGrain = 4096;

    /// <summary>Random bits for each value.</summary>
    public const int DropoutGrain = 2048;

    /// <summary>A logarithm, a root, a sine and a cosine for each pair of values.</summary>
    public const int NoiseGrain = 1024;

    /// <summary>An optimizer's rule, bound by memory.</summary>
    public const int UpdateGrain = 16384;

    /// <summary>A value of a data set that is gathered, bound by memory.</summary>
    public const int GatherGrain = 16384;

    /// <summary>A value of a picture that is changed at random: many times as dear as one that is copied.</summary>
    public const int AugmentationGrain = 784;

    /// <summary>An output with its loss, its gradient and its metrics.</summary>
    public const int LossGrain = 256;

    /// <summary>Multiply-adds of a product with sparse rows, whose weights lie far apart.</summary>
    public const int SparseProductGrain = 16384;

    /// <summary>
    /// The smallest share of steps of k with a panel of zeros for which looking for them pays. MNIST has 0.57: an epoch of 784-128-10 takes 0.85 of the
    /// time at 512 bits, 0.69 at 256.
    /// </summary>
    public const double LeastShareOfZeroSteps = 0.3;

    /// <summary>The fewest columns of C for which it pays: a narrow C is faster as its transpose, which looks for no zeros. 784-10, all samples at once: 1.6 times the time with it.</summary>
    public const int LeastColumnsForZeroSteps = 32;

    /// <summary>
    /// Bytes of weights that all rows of a sparse product pass by before the next ones come: they stay in the first-level cache. And the fewest stored
    /// elements of a row for which its sums are worth being read and written.
    /// </summary>
    public const int SparseBlockBytes = 24576, SparseBlockElements = 8;

    /// <summary>Floats of a matrix from which on its rows are asked for before they are needed, and how many rows before.</summary>
    public const int FloatsInCache = 131072, RowsAhead = 8;

    /// <summary>Rows of a weight on sparse inputs for each row that gets a gradient, from which on a list of the latter pays.</summary>
    public const int LeastRowsForEachGradient = 2;

    /// <summary>Multiply-adds of a product: about two microseconds.</summary>
    public const long ProductGrain = 100_000;

    // The convolution.

    /// <summary>The fewest places of a chunk of a convolution's weight gradient.</summary>
    public const int LeastChunkSteps = 1024;

    /// <summary>Weights for each of which a chunk has a place more, where there are many.</summary>
    public const int WeightsForChunkStep = 32;

    /// <summary>Chunks for each worker from which on the workers divide chunks alone.</summary>
    public const int ChunksForWorker = 4;

    /// <summary>
    /// The most channels, and the fewest columns, of pictures whose gradient is computed with places in the lanes instead of channels.
    /// </summary>
    public const int MostPlanarChannels = 4, LeastPlanarColumns = 8;

    /// <summary>Floats of the layers' outputs, where they are pictures, in a block of rows.</summary>
    public const int PictureBlockFloats = 1 << 20;

    // The matrix product.

    /// <summary>
    /// What a row and a column of a worker's part of C cost beside a row's or column's multiply-adds: each is packed by all workers that share it, and
    /// B's packing takes four times as long as A's.
    /// </summary>
    public const int RowPackingCost = 4, ColumnPackingCost = 16;

    /// <summary>
    /// The most steps of k for which an A whose rows lie together is read in place: all lines of a panel then stay in the first-level cache.
    /// 784×512×128 TN: 241 → 258 GFLOP/s; with 1024 steps it would cost a third.
    /// </summary>
    public const int StepsReadInPlace = 192;

    /// <summary>The most panels of B for which A is read in place, and of A for which B is: a copy pays only if it is read more often.</summary>
    public const int PanelsReadingAInPlace = 4, PanelsReadingBInPlace = 2;

    /// <summary>Panels that are packed side by side: few enough to be written without contention in the cache. 64×128×784: 176 → 240 GFLOP/s.</summary>
    public const int PanelsPackedTogether = 8;

    /// <summary>
    /// How many steps of k ahead a single row's product asks for the weights, which pass by once, faster than they are fetched unasked: one image
    /// 7.1 → 5.2 µs.
    /// </summary>
    public const int RowLookahead = 12;

    /// <summary>
    /// The sizes of the matrix product's blocks. They suit cores with 32 KB of first-level and 512 KB of second-level cache or more: 2048×2048×2048
    /// reaches 0.96 of the peak at 512 bits.
    /// </summary>
    public static Blocking Blocking(SimdWidth width) => width switch
    {
        SimdWidth.Bits512 => new(12, 32, 256, 252, 2048), // B's panel 32 KB, A's block 252 KB, B's block 2 MB
        SimdWidth.Bits256 => new(6, 16, 384, 168, 2048), // 24 KB, 252 KB, 3 MB
        SimdWidth.Bits128 when AdvSimd.Arm64.IsSupported => new(12, 8, 384, 168, 2048), // 32 registers, as at 512 bits; 12 KB, 252 KB, 3 MB
        SimdWidth.Bits128 or SimdWidth.Emulated128 => new(6, 8, 384, 168, 2048), // 12 KB, 252 KB, 3 MB
        _ => new(6, 2, 384, 168, 2048), // 3 KB, 252 KB, 3 MB
    };
}
