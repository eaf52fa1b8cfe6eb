namespace NeuralNetFromScratch.Compute;

/// <summary>The outputs of a depthwise convolution: the sums of <see cref="ConvolutionForward{TEpilogue}"/> with one channel in each group.</summary>
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
            PictureRows pictures = Depthwise.Pictures(shape, x);
            int copyLength = pictures.CopyLength(shape.Vertical.Extent);
            var arena = new PackArena(space.Reserve(copyLength + Depthwise.TapsLength(shape)));
            float* copies = arena.Take<float>(copyLength);
            DepthwiseTaps taps = Depthwise.Taps(shape, pictures, ref arena);
            nint step = (nint)shape.Horizontal.Stride * shape.Channels * sizeof(float);
            int places = shape.Horizontal.Output;
            for (int row = rows.Start; row < rows.End; row++)
            {
                float* free = copies, output = y + (nint)row * places * shape.Filters;
                float* patch = pictures.Locate(
                    row / shape.Vertical.Output, shape.Vertical.Start(row % shape.Vertical.Output), shape.Vertical.Extent, ref free);
                DepthwiseKernels<TSimd>.Row((nint)patch, step, taps, w, output, shape.Filters, places, shape.Channels);
                _epilogue.Apply<TSimd>(new GemmOperands { Rows = places, Columns = shape.Filters, C = output, CRow = shape.Filters, CColumn = 1 });
            }
        }
    }
}

/// <summary>The gradient at the input of a depthwise convolution, in the order of <see cref="ConvolutionInputGradient"/>.</summary>
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
            int copyLength = pictures.CopyLength(windows.RowsOf(1));
            var arena = new PackArena(space.Reserve(copyLength + Depthwise.TapsLength(shape)));
            float* copies = arena.Take<float>(copyLength);
            DepthwiseTaps taps = new(arena.Take<nint>(shape.Taps), arena.Take<nint>(shape.Taps));
            for (int phase = 0; phase < windows.Phases; phase++)
            {
                taps.Clear();
                windows.AddTaps(ref taps, phase, pictures.RowLength);
                for (int row = rows.Start; row < rows.End; row++)
                {
                    Strip patches = windows.LocateRow(pictures, row, phase, copies, out int column);
                    float* place = dx + ((nint)row * shape.Horizontal.Input + column) * shape.Channels;
                    DepthwiseKernels<TSimd>.Row(
                        patches.Offset, shape.Filters * sizeof(float), taps, w, place, (nint)shape.Horizontal.Stride * shape.Channels, patches.Count, shape.Channels);
                }
            }
        }
    }
}

/// <summary>The gradient of a depthwise convolution's weights for each chunk of samples, as <see cref="ConvolutionWeightGradient"/> sums it.</summary>
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
        /// <summary>Rows of places that pass by together, while their pictures are in the first-level cache.</summary>
        private const int SlabRows = 4;

        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            PictureRows pictures = Depthwise.Pictures(shape, x);
            int copyLength = pictures.CopyLength(SlabRows * (shape.Vertical.Stride + shape.Vertical.Extent));
            var arena = new PackArena(space.Reserve(copyLength + Depthwise.TapsLength(shape) + SlabRows * 2 * AlignedMemory.Alignment));
            float* copies = arena.Take<float>(copyLength);
            DepthwiseTaps taps = Depthwise.Taps(shape, pictures, ref arena);
            StripList strips = new(arena.Take<Strip>(SlabRows), (nint)shape.Horizontal.Stride * shape.Channels * sizeof(float));
            if (!accumulate)
                new Span<float>(dw, shape.WeightCount).Clear();
            for (int row = rows.Start; row < rows.End; row += SlabRows)
            {
                strips.Clear();
                Patches.Locate(shape, pictures, new(row, Math.Min(SlabRows, rows.End - row)), 0, copies, ref strips);
                DepthwiseKernels<TSimd>.WeightGradient(strips, taps, dy + (nint)row * shape.Horizontal.Output * shape.Filters, dw, shape.Channels);
            }
        }
    }
}

/// <summary>What the depthwise convolutions share.</summary>
internal static unsafe class Depthwise
{
    /// <summary>Floats that the lists of taps take.</summary>
    public static int TapsLength(in ConvolutionShape shape) => 2 * AlignedMemory.RoundUp(shape.Taps * sizeof(nint) / sizeof(float) + AlignedMemory.Alignment);

    public static PictureRows Pictures(in ConvolutionShape shape, float* x) => new(
        x,
        shape.Vertical.Input,
        shape.Horizontal.Input,
        shape.Channels,
        shape.Horizontal.Before,
        shape.Horizontal.Padded,
        shape.Vertical.NeedsPadding || shape.Horizontal.NeedsPadding);

    /// <summary>The taps row by row.</summary>
    public static DepthwiseTaps Taps(in ConvolutionShape shape, in PictureRows pictures, ref PackArena arena)
    {
        DepthwiseTaps taps = new(arena.Take<nint>(shape.Taps), arena.Take<nint>(shape.Taps));
        for (int tap = 0; tap < shape.Taps; tap++)
        {
            int row = tap / shape.Horizontal.Size * shape.Vertical.Dilation, column = tap % shape.Horizontal.Size * shape.Horizontal.Dilation;
            nint place = row * pictures.RowLength + (nint)column * shape.Channels;
            taps.AddSteps(place * sizeof(float), (nint)tap * shape.Channels * sizeof(float), 1);
        }

        return taps;
    }
}
