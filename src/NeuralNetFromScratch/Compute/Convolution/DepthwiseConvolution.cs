namespace NeuralNetFromScratch.Compute;

/// <summary>Computes the outputs of a depthwise convolution: the sums of <see cref="ConvolutionForward{TEpilogue}"/> with one channel in each group.</summary>
internal readonly unsafe ref struct DepthwiseForward<TEpilogue>(
    Engine engine, ConvolutionShape shape, int samples, ReadOnlySpan<float> input, ReadOnlySpan<float> weights, Span<float> output, TEpilogue epilogue) : IJob
    where TEpilogue : struct, IEpilogue, allows ref struct
{
    private readonly Engine _engine = engine;
    private readonly ConvolutionShape _shape = shape;
    private readonly int _samples = samples;
    private readonly ReadOnlySpan<float> _input = input, _weights = weights;
    private readonly Span<float> _output = output;
    private readonly TEpilogue _epilogue = epilogue;

    public void Run(int worker, int workers)
    {
        Section rows = Section.Of(_samples * _shape.Vertical.Output, 1, worker, workers);
        fixed (float* x = _input, w = _weights, y = _output)
        {
            var kernel = new Kernel(_shape, rows, x, w, y, _engine.Space(worker), _epilogue);
            SimdDispatch.Run(_engine.Width, ref kernel);
        }
    }

    private readonly ref struct Kernel(ConvolutionShape shape, Section rows, float* x, float* w, float* y, PackSpace space, TEpilogue epilogue) : ISimdKernel
    {
        private readonly TEpilogue _epilogue = epilogue;

        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            PictureRows pictures = Patches.Pictures(shape, x);
            int copyLength = pictures.CopyLength(Depthwise.SlabRows * (shape.Vertical.Stride + shape.Vertical.Extent));
            var arena = new PackArena(space.Reserve(copyLength + Depthwise.TapsLength(shape)));
            float* copies = arena.Take<float>(copyLength);
            DepthwiseTaps taps = Depthwise.Taps(shape, pictures, ref arena);
            StripList strips = new(arena.Take<Strip>(Depthwise.SlabRows), (nint)shape.Horizontal.Stride * shape.Channels * sizeof(float));
            int places = shape.Horizontal.Output;
            for (int start = rows.Start; start < rows.End; start += Depthwise.SlabRows)
            {
                Section slab = new(start, Math.Min(Depthwise.SlabRows, rows.End - start));
                strips.Clear();
                Patches.Locate(shape, pictures, slab, 0, copies, ref strips);
                float* output = y + (nint)start * places * shape.Filters;
                // Adjacent rows form one strip.
                for (int i = 0; i < strips.Count; output += (nint)strips.Items[i].Count * shape.Filters, i++)
                    DepthwiseKernels<TSimd>.Row(strips.Items[i].Offset, strips.Step, taps, w, output, shape.Filters, strips.Items[i].Count, shape.Channels);
                output = y + (nint)start * places * shape.Filters;
                _epilogue.Apply<TSimd>(new GemmOperands { Rows = slab.Count * places, Columns = shape.Filters, C = output, CRow = shape.Filters, CColumn = 1 });
            }
        }
    }
}

/// <summary>Computes the gradient of the input of a depthwise convolution, in the order of <see cref="ConvolutionInputGradient"/>.</summary>
internal readonly unsafe ref struct DepthwiseInputGradient(
    Engine engine, ConvolutionShape shape, int samples, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient) : IJob
{
    private readonly Engine _engine = engine;
    private readonly ConvolutionShape _shape = shape;
    private readonly int _samples = samples;
    private readonly ReadOnlySpan<float> _outputGradient = outputGradient, _weights = weights;
    private readonly Span<float> _inputGradient = inputGradient;

    public void Run(int worker, int workers)
    {
        Section rows = Section.Of(_samples * _shape.Vertical.Input, 1, worker, workers);
        fixed (float* dy = _outputGradient, w = _weights, dx = _inputGradient)
        {
            var kernel = new Kernel(_shape, rows, dy, w, dx, _engine.Space(worker));
            SimdDispatch.Run(_engine.Width, ref kernel);
        }
    }

    private readonly ref struct Kernel(ConvolutionShape shape, Section rows, float* dy, float* w, float* dx, PackSpace space) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var windows = new WindowsOfPlace(shape);
            PictureRows pictures = windows.Pictures(dy);
            int copyLength = pictures.CopyLength(windows.RowsOf(Depthwise.SlabRows));
            var arena = new PackArena(space.Reserve(copyLength + Depthwise.TapsLength(shape)));
            float* copies = arena.Take<float>(copyLength);
            DepthwiseTaps taps = new(arena.Take<nint>(shape.Taps), arena.Take<nint>(shape.Taps));
            Strip* strips = arena.Take<Strip>(Depthwise.SlabRows);
            for (int start = rows.Start; start < rows.End; start += Depthwise.SlabRows)
            {
                Section slab = new(start, Math.Min(Depthwise.SlabRows, rows.End - start));
                for (int phase = 0; phase < windows.Phases; phase++)
                {
                    taps.Clear();
                    windows.AddTaps(ref taps, phase, pictures.RowLength);
                    int column = windows.LocateRows(pictures, slab, phase, copies, strips);
                    for (int i = 0; i < slab.Count; i++)
                    {
                        float* place = dx + ((nint)(start + i) * shape.Horizontal.Input + column) * shape.Channels;
                        nint step = (nint)shape.Horizontal.Stride * shape.Channels;
                        DepthwiseKernels<TSimd>.Row(strips[i].Offset, shape.Filters * sizeof(float), taps, w, place, step, strips[i].Count, shape.Channels);
                    }
                }
            }
        }
    }
}

/// <summary>
/// Computes the gradient of the weights of a depthwise convolution for each chunk of samples, with the same order of sums as
/// <see cref="ConvolutionWeightGradient"/>.
/// </summary>
internal readonly unsafe ref struct DepthwiseWeightGradient(
    Engine engine, ConvolutionShape shape, int samples, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> sums, bool accumulate) : IJob
{
    private readonly Engine _engine = engine;
    private readonly ConvolutionShape _shape = shape;
    private readonly int _samples = samples;
    private readonly ReadOnlySpan<float> _input = input, _outputGradient = outputGradient;
    private readonly Span<float> _sums = sums;
    private readonly bool _accumulate = accumulate;

    public void Run(int worker, int workers)
    {
        Section chunks = Section.Of(_shape.Chunks(_samples), 1, worker, workers);
        fixed (float* x = _input, dy = _outputGradient, dw = _sums)
        {
            for (int chunk = chunks.Start; chunk < chunks.End; chunk++)
            {
                int first = chunk * _shape.ChunkSamples, count = Math.Min(_shape.ChunkSamples, _samples - first);
                Section rows = new(first * _shape.Vertical.Output, count * _shape.Vertical.Output);
                var kernel = new Kernel(_shape, rows, x, dy, dw + (nint)chunk * _shape.WeightCount, _accumulate, _engine.Space(worker));
                SimdDispatch.Run(_engine.Width, ref kernel);
            }
        }
    }

    private readonly ref struct Kernel(ConvolutionShape shape, Section rows, float* x, float* dy, float* dw, bool accumulate, PackSpace space) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            PictureRows pictures = Patches.Pictures(shape, x);
            int copyLength = pictures.CopyLength(Depthwise.SlabRows * (shape.Vertical.Stride + shape.Vertical.Extent));
            var arena = new PackArena(space.Reserve(copyLength + Depthwise.TapsLength(shape)));
            float* copies = arena.Take<float>(copyLength);
            DepthwiseTaps taps = Depthwise.Taps(shape, pictures, ref arena);
            StripList strips = new(arena.Take<Strip>(Depthwise.SlabRows), (nint)shape.Horizontal.Stride * shape.Channels * sizeof(float));
            if (!accumulate)
                new Span<float>(dw, shape.WeightCount).Clear();
            for (int row = rows.Start; row < rows.End; row += Depthwise.SlabRows)
            {
                strips.Clear();
                Patches.Locate(shape, pictures, new(row, Math.Min(Depthwise.SlabRows, rows.End - row)), 0, copies, ref strips);
                DepthwiseKernels<TSimd>.WeightGradient(strips, taps, dy + (nint)row * shape.Horizontal.Output * shape.Filters, dw, shape.Channels);
            }
        }
    }
}

/// <summary>Functions shared by the depthwise convolutions.</summary>
internal static unsafe class Depthwise
{
    /// <summary>
    /// The number of rows of positions that are processed together. It is small enough that the image rows stay in the first-level cache, and large enough that few
    /// rows are copied twice.
    /// </summary>
    public const int SlabRows = 4;

    /// <summary>Returns the number of floats that the lists of taps and of the rows of a slab need.</summary>
    public static int TapsLength(in ConvolutionShape shape) => 2 * AlignedMemory.RoundUp(shape.Taps * sizeof(nint) / sizeof(float) + AlignedMemory.Alignment)
        + AlignedMemory.RoundUp(SlabRows * sizeof(Strip) / sizeof(float));

    /// <summary>Returns the taps, row by row.</summary>
    public static DepthwiseTaps Taps(in ConvolutionShape shape, in PictureRows pictures, ref PackArena arena)
    {
        DepthwiseTaps taps = new(arena.Take<nint>(shape.Taps), arena.Take<nint>(shape.Taps));
        for (int tap = 0; tap < shape.Taps; tap++)
            taps.AddSteps(Patches.TapPlace(shape, pictures, tap) * sizeof(float), (nint)tap * shape.Channels * sizeof(float), 1);

        return taps;
    }
}
