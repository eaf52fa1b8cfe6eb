using System.Runtime.Intrinsics.Arm;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Constants that were chosen on one machine, two cores of a Xeon with AVX-512, each with the measurement; docs/performance.md has the results.
/// None of them changes a result: they determine how work is divided and handed out, but not how sums are divided.
/// </summary>
internal static class Tuning
{
    /// <summary>
    /// The maximum number of bytes of the gradients of all teams of a process, unless the number of teams is specified. The gradients of larger networks do not stay in
    /// the caches, and teams do not pay off.
    /// </summary>
    public const long TeamGradientBytes = 1 << 28;

    /// <summary>
    /// The minimum number of samples of a team in the first steps, before numbers of teams are compared. Adding the gradients of a team takes as long as the gradients of
    /// some samples. 784-128-10, 8 shards on 2 threads: 2 teams take 0.93 of the time of one team for 128 samples, 0.86 for 512.
    /// </summary>
    public const int TeamRows = 64;

    // Grains: the minimum number of elements for an additional worker. A fork and join takes half a microsecond; a grain is some microseconds of
    // work, so that operations with a higher cost per element have a smaller grain.

    /// <summary>
    /// The number of parts that a caller hands out in the duration of a grain: two microseconds divided by a quarter of one for each helper. With <c>n</c> workers,
    /// <c>g</c> grains take <c>g/n + n/8</c> grains, which is least for <c>n = √(8·g)</c>; below 8 grains each worker has one.
    /// </summary>
    public const int HandoutsInGrain = 8;

    /// <summary>A division for each value (<see cref="Standardization"/>), bound by memory.</summary>
    public const int StandardizationGrain = 16384;

    /// <summary>An activation, its derivative, or a factor and a shift.</summary>
    public const int ElementGrain = 8192;

    /// <summary>Two or three passes over the values for their statistics.</summary>
    public const int NormalizationGrain = 4096;

    /// <summary>The cost of drawing the share of a sample that is mixed with another one, relative to mixing an element: 250 ns and 0.16 ns.</summary>
    public const int ElementsOfMixedRow = 1600;

    /// <summary>Random bits for each value.</summary>
    public const int DropoutGrain = 2048;

    /// <summary>A logarithm, a root, a sine and a cosine for each pair of values.</summary>
    public const int NoiseGrain = 1024;

    /// <summary>An optimizer's rule, bound by memory.</summary>
    public const int UpdateGrain = 16384;

    /// <summary>A value of a data set that is gathered, bound by memory.</summary>
    public const int GatherGrain = 16384;

    /// <summary>A value of an image that is augmented, at many times the cost of a copy.</summary>
    public const int AugmentationGrain = 784;

    /// <summary>An output with its loss, its gradient and its metrics.</summary>
    public const int LossGrain = 256;

    /// <summary>Multiply-adds of a product with sparse rows, whose weights lie far apart.</summary>
    public const int SparseProductGrain = 16384;

    /// <summary>
    /// The minimum fraction of steps of k with a panel of zeros for which skipping them is faster. MNIST has 0.57: an epoch of 784-128-10 takes
    /// 0.85 of the time at 512 bits, 0.69 at 256 bits.
    /// </summary>
    public const double LeastShareOfZeroSteps = 0.3;

    /// <summary>
    /// The minimum number of columns of C for which skipping zeros is faster: a narrow C is faster as its transpose, which does not skip zeros.
    /// 784-10, all samples at once: 1.6 times the time with skipping.
    /// </summary>
    public const int LeastColumnsForZeroSteps = 32;

    /// <summary>
    /// The bytes of weights that all rows of a sparse product read before the next ones, so that they stay in the first-level cache; and the
    /// minimum number of stored elements of a row for which reading and writing its sums pays off.
    /// </summary>
    public const int SparseBlockBytes = 24576, SparseBlockElements = 8;

    /// <summary>Floats of a matrix from which on its rows are asked for before they are needed, and how many rows before.</summary>
    public const int FloatsInCache = 131072, RowsAhead = 8;

    /// <summary>Rows of a weight on sparse inputs for each row that gets a gradient, from which on a list of the latter pays.</summary>
    public const int LeastRowsForEachGradient = 2;

    /// <summary>
    /// The maximum mean number of stored elements of a column for which a gradient whose rows lie far apart is computed column by column. With
    /// more, its rows are read often enough to stay in a cache.
    /// </summary>
    public const int ListedElementsOfColumn = 2;

    /// <summary>The updates of a weight's rows that are logged before all rows are completed.</summary>
    public const int MostDeferredUpdates = 32;

    /// <summary>A value that gets its deferred updates: some roots and divisions.</summary>
    public const int DeferredUpdateGrain = 4096;

    /// <summary>Multiply-adds of a product: about two microseconds.</summary>
    public const long ProductGrain = 100_000;

    // The convolution.

    /// <summary>The fewest places of a chunk of a convolution's weight gradient.</summary>
    public const int LeastChunkSteps = 1024;

    /// <summary>The number of weights for each of which a chunk has one more position.</summary>
    public const int WeightsForChunkStep = 32;

    /// <summary>The number of chunks for each worker from which workers divide only chunks.</summary>
    public const int ChunksForWorker = 4;

    /// <summary>
    /// The maximum number of channels, and the minimum number of columns, of images whose gradient is computed with positions in the lanes
    /// instead of channels.
    /// </summary>
    public const int MostPlanarChannels = 4, LeastPlanarColumns = 8;

    /// <summary>The number of floats of the layers' outputs in a block of rows, if they are images.</summary>
    public const int PictureBlockFloats = 1 << 20;

    // The matrix product.

    /// <summary>
    /// The cost of a row and of a column of a worker's part of C, relative to its multiply-adds: each is packed by all workers that share it, and
    /// packing B takes four times as long as packing A.
    /// </summary>
    public const int RowPackingCost = 4, ColumnPackingCost = 16;

    /// <summary>
    /// The maximum number of steps of k for which an A with adjacent rows is read in place, so that all lines of a panel stay in the first-level
    /// cache. 784×512×128 TN: 241 → 258 GFLOP/s; with 1024 steps it would cost a third.
    /// </summary>
    public const int StepsReadInPlace = 192;

    /// <summary>
    /// The maximum number of panels of B for which A is read in place, and of A for which B is: a copy is faster only if it is read more often.
    /// </summary>
    public const int PanelsReadingAInPlace = 4, PanelsReadingBInPlace = 2;

    /// <summary>
    /// The number of panels that are packed together: few enough to be written without contention in the cache. 64×128×784: 176 → 240 GFLOP/s.
    /// </summary>
    public const int PanelsPackedTogether = 8;

    /// <summary>
    /// The number of steps of k by which a single row's product prefetches the weights, which are read once, faster than the hardware prefetches
    /// them: one image 7.1 → 5.2 µs.
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
